import{a as m}from"./chunk-4HOGAPS3.js";import"./chunk-5CXJJIED.js";import"./chunk-SQOWTZF4.js";import{d as o,x as e}from"./chunk-CWEMWFLL.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
